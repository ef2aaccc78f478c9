"""The designer's tools: a template begun, checked, taken apart and shown. A run needs none of them."""
