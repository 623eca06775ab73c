"""The mark of sentences that are kept in English, in a row or a table of words, and translated where they are shown."""


def N_(sentence: str) -> str:
    return sentence
