"""What comes out of a receipt printer: rows of dots, codes and letters on a roll."""
