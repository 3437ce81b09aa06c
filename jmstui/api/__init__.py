"""The service layer: async, typed, cached, within a request budget; no Textual."""
