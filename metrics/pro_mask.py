"""stub"""


def pro_mask(*a, **k):
    raise NotImplementedError
