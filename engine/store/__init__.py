"""What lies on disk: samples, generations, metrics, games; and the directory that holds them."""
