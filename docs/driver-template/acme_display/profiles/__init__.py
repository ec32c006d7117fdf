"""One TOML file for each model."""
