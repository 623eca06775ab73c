"""Lists as HR has them: bytes become a workbook, and its sheets become people, questions and errors. Knows no table."""
