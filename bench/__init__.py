"""The bench: a national month at several sizes, loaded by Cakupan and by its peers, who must give the same facts."""
