"""The web: engines that search it, a fetcher that reaches public pages only, snapshots, and what may go out."""
