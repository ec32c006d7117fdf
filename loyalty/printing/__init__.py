"""From data to dots: card faces, receipts, barcodes. The one home of Pillow and python-barcode in the product."""
