"""A few names stand for many, and the rest are counted."""

from crossglg.words import name_some


def test_few_names_are_all_named():
    assert name_some(["wave", "clap"]) == "wave, clap"
    assert name_some("abc", most=3) == "a, b, c"
    assert name_some([]) == ""


def test_of_many_names_the_first_are_named_and_the_rest_counted():
    assert name_some(list("abcdef")) == "a, b, c, d, e and 1 more"
    assert name_some(["c1"] * 1210, most=3) == "c1, c1, c1 and 1,207 more"
