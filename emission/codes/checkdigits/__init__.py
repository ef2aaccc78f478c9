"""Check digits, one rule a file, all with the same four functions in python-stdnum's manner.

``compact`` strips separators, ``calc_check_digit`` takes a number without its check digit,
``validate`` one with it and returns it compact, ``is_valid`` says yes or no.
"""
