"""The member portal: pages for the member's own phone, off until the shop switches them on."""
