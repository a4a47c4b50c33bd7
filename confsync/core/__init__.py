"""The decisions: pure functions over trees and texts. No I/O, no clock, no randomness."""
