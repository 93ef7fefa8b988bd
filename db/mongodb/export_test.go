package mongodb

// OpenWatched is Open with somebody who watches the commands.
var OpenWatched = open
