"""The vocabulary: what the networks can say, and what a person can say of a drawing."""

DIGITS = tuple("0123456789")
NONE = len(DIGITS)  # the place after the digits: not a digit
LABELS = (*DIGITS, "not a digit")  # of the logits, in their order
