"""How codes and factors belong to each other."""
