"""What comes of a visit: what its guest learnt, what its host says, and who may read it."""
