"""Numbers in texts: signs, percentages, and what rounds to zero or to one."""

from dualroute.numerals import fixed, percent, signed, whole_percent


def test_no_space_stands_before_a_percent_sign():
    assert [percent(0.2434), percent(0.5, 0), percent(0.25, None)] == ["24.3%", "50%", "25%"]


def test_a_share_that_is_not_0_or_1_is_never_shown_as_such():
    assert [whole_percent(p) for p in (0, 0.004, 0.505, 0.99, 0.992, 1)] == ["0%", "<1%", "51%", "99%", ">99%", "100%"]


def test_a_minus_is_no_hyphen_and_what_rounds_to_zero_has_no_sign():
    assert [fixed(-0.1824, 3), fixed(-0.04), fixed(0.5)] == ["−0.182", "0.0", "0.5"]
    assert [signed(-1.234, 2), signed(0.5), signed(0.04), signed(-0.04)] == ["−1.23", "+0.5", "0.0", "0.0"]
