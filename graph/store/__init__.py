"""Two interchangeable graph stores behind one typed protocol, and the digest that proves them equal."""
