"""The vocabulary: what the networks can say, and what a person can say of a drawing."""

DIGITS = tuple("0123456789")
NONE = len(DIGITS)  # the place after the digits: not a digit
LABELS = (*DIGITS, "not a digit")  # of the digit network's logits, in their order

SIGNS = tuple(".,-+/:()=%#")  # "-" is a minus as well as a hyphen
OTHER = "other"  # letters and whatever else is written: never a digit
STRUCK = "struck"  # what was written there is crossed out
TOKENS = (*DIGITS, *SIGNS, OTHER, STRUCK)  # what stands on a line

MARKS = ("underline", "circle", "box", "rule", "strike", "speck")
STROKES = ("digit", *SIGNS, OTHER, STRUCK, *MARKS)  # what the strokes' network tells apart
