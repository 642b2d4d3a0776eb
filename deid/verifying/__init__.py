"""What is measured on the written files: residual identifiers, class table, columns that single people out."""
