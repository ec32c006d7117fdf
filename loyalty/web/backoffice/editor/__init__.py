"""The programme by forms: parts of a document as fields, changes that touch only their own words of the text."""
