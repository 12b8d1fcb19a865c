"""Sentences that the numbers of a data set carry."""
