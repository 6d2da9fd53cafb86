"""The keys of a home: where they are kept, which one the lake was made with, and how it is changed."""
