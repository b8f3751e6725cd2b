// The operator's pages.
import "./rows.js";
import "./choose.js";
import "./draft.js";
import "./call.js";
import "./photos.js";
