"""One number per token, for metrics that want one number per part of a code."""

from collections.abc import Mapping

import numpy as np

from diffrep.metrics.codes import checked_codes


def token_pca(tokens: Mapping[str, np.ndarray], *, fitted_on: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The first principal component of each token, of each part of the data.

    tokens     part of the data -> [n, N, d] float
    fitted_on  the part that the components come from: centred, not whitened, exact
    returns    part -> [n, N] float32; and [N], the share of each token's variance that its component holds: below 0.5
               the numbers describe the projection more than the token, and for a token that never varies it is 1

    Signs are arbitrary; of each component the largest entry is positive. ValueError for nan or infinity.

    >>> tokens = np.array([[[0.0, 0.0]], [[3.0, 4.0]], [[6.0, 8.0]]])
    >>> found, shares = token_pca({"train": tokens}, fitted_on="train")
    >>> found["train"].round(3).ravel().tolist(), shares.round(3).tolist()
    ([-5.0, 0.0, 5.0], [1.0])
    """
    fitted = tokens[fitted_on]
    components, means, shares = [], [], []
    for i in range(fitted.shape[1]):
        token = checked_codes(fitted[:, i], fitted[:, i])
        mean = token.mean(axis=0)
        variances, vectors = np.linalg.eigh((token - mean).T @ (token - mean))
        first = vectors[:, -1]
        components.append(first * np.sign(first[np.abs(first).argmax()]))
        means.append(mean)
        shares.append(variances[-1] / variances.sum() if variances[-1] > 0 else 1.0)
    mean, component = np.array(means), np.array(components)
    found = {
        part: np.einsum("nid,id->ni", values - mean, component).astype(np.float32) for part, values in tokens.items()
    }
    return found, np.array(shares)
