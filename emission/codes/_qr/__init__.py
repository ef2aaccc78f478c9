"""The steps of the QR encoder: segments → codewords → layout → mask; and the way back."""
