"""Every page of HR and of an employee in a company of 1,208 people, held against the goals of a good page: `make bench-pages`."""
