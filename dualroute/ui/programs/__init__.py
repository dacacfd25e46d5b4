"""What programs ask for beside traces. Plain values in and out; what comes in is checked here or in `handlers`."""
