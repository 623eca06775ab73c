"""Signed links."""

from shadowing.mail import links


def test_a_link_opens_what_it_was_signed_for_and_nothing_else() -> None:
    token = links.sign("secret", "personal", 7, 1, 3)

    assert links.read("secret", "personal", token) == (7, 1, 3)
    assert links.read("secret", "sign_in", token) is None
    assert links.read("other secret", "personal", token) is None
    assert links.read("secret", "personal", token[:-1]) is None


def test_signing_twice_gives_the_same_link() -> None:
    assert links.sign("secret", "personal", 7, 1, 3) == links.sign("secret", "personal", 7, 1, 3)
