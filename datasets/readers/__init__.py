"""What the readers of people's files share: pictures, tables, classes, splits."""
