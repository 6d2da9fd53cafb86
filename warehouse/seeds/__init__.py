"""Reference data of the warehouse as plain CSV; README.md says what each file is and where it comes from."""
