"""What is measured, against whom; see bench/README.md."""
