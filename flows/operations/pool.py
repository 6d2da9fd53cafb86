"""The names by which the server knows what is ours."""

POOL = "cakupan"
QUEUE = "default"
WRITER = "cakupan-writer"
TAG = "cakupan"
LOAD, OTHERS = "load", ("watch", "read")
BLOCK = "cakupan-alerts"
USUAL_PORT = 4200
