// What the cashier may say to the member who is here: asked once for each member, after they are on the screen.
import { has, t } from "./words.js";
import { h, icon } from "./dom.js";
import { call } from "./live.js";

/** `ask()` after every change of who is here; `done(n)` puts a hint away. `draw()` when there is something new to show. */
export function hintsOf(state, draw) {
  return {
    async ask() {
      const member = state.member?.id;
      if (!member || state.hinted === member) return;
      state.hinted = member;
      state.hints = [];
      const { hints } = await call("GET", "/member/hints").catch(() => ({ hints: [] }));
      if (state.hinted !== member || !hints.length) return;
      state.hints = hints;
      draw();
    },
    done(n) {
      const [hint] = state.hints.splice(n, 1);
      if (hint?.id) call("POST", "/member/hints:said", { ids: [hint.id] }).catch(() => {});  // else it comes again another time
      draw();
    },
  };
}

/** One calm line each, with a button that puts it away. */
export function hintLines(state) {
  if (state.hinted !== state.member?.id || !state.hints?.length) return null;
  return h("ul", { class: "hints", "aria-label": t("hints") }, ...state.hints.map((hint, n) => {
    const text = has(`hint.${hint.kind}`) ? t(`hint.${hint.kind}`, hint) : hint.text;
    return h("li", {}, icon("speak", 20), h("span", { text }),
      h("button", { type: "button", class: "quiet", "data-hint": String(n), "aria-label": t("hint_done", { text }), text: "✓" }));
  }));
}
