"""Reading drawn digits: data, normalization, recipes, classifier and report, in the order in which data passes them."""
