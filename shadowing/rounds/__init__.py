"""The stages of a round, and the previews of its mailings."""
