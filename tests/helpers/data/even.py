"""The joint distribution that most tests draw from."""

from diffrep.datasets.files.joint import Independent

EVEN = Independent("independent")
