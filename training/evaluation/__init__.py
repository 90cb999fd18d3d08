"""What the lips model is measured on: lists committed before training, and the data prepared from them."""
