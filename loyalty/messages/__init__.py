"""Messages to members: e-mail, texts, letters and hints at the counter. `post.send` is the only door."""
