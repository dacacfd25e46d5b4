"""Models, traces, corpora and results that tests are made of: small, random, offline."""
