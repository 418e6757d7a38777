// What the pages do in a browser. Each works without it: links, forms and reloads stay.
import { startCaptions } from "./captions";
import { startClock } from "./clock";
import { startKeys } from "./keys";
import { startListening } from "./listen";
import { startLive } from "./live";
import { startMarks } from "./mark";
import { startPrompts } from "./prompt";
import { startSheets } from "./sheet";

startClock();
startSheets();
startPrompts();
startMarks();
startKeys();
startListening();
startCaptions();
startLive();
