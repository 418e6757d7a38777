// What the pages do in a browser. Each works without it: links, forms and reloads stay.
import htmx from "htmx.org";

import { startClock } from "./clock";
import { startKeys } from "./keys";
import { startLive } from "./live";
import { startSheets } from "./sheet";

// Evaluating text is forbidden by the page's policy; nothing here asks for it.
htmx.config.morphSkip = "[hx-morph-skip], [data-keep]:focus-within, details[open]";
// A queue is short: look through all of it before calling a row new.
htmx.config.morphScanLimit = 200;

startClock();
startSheets();
startKeys();
startLive();
