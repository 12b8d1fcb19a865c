"""Result files as the caller says where they lie."""
