"""Tills of other makes: each way in which one hands over a sale ends in the same RecordPurchase, once per receipt."""
