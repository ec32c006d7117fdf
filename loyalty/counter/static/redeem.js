// What the member can have: rewards, vouchers in hand, stored value. One key or one touch chooses, the same lets go.
import { amount, day, money, t } from "./words.js";
import { fill, h, icon, keyButton } from "./dom.js";
import { call } from "./live.js";

/** Everything that can go with a sale: what is chosen, the dearest reward, vouchers, purses, the other rewards. */
export function choices(state) {
  const { member, chosen = [], extras = {} } = state;
  if (!member) return [];
  const taken = new Set(chosen.map((row) => row.reward));
  const [dearest, ...others] = member.rewards.filter((reward) => !taken.has(reward.name)).map((reward) => ({ ...reward, kind: "reward", gives: reward.kind }));
  return [
    ...chosen.map((row) => ({ kind: "reward", name: row.reward, cost: row.points, wallet: row.wallet, chosen: row })),
    ...(dearest ? [dearest] : []),
    ...(member.vouchers ?? []).map((voucher) => ({ kind: "voucher", name: voucher.worth, id: voucher.id, expires_on: voucher.expires_on,
      chosen: extras.vouchers?.includes(voucher.id) })),
    ...Object.entries(member.wallets).filter(([, wallet]) => wallet.kind === "money" && Number(wallet.available) > 0)
      .map(([name, wallet]) => ({ kind: "purse", name, cost: wallet.available, wallet: name, chosen: extras.pay?.includes(name) })),
    ...others,
  ];
}

/** The reward that F8 takes: the first one of the list, which is the dearest that the member can have. */
export function best(state) {
  return choices(state).find((row) => row.kind === "reward" && !row.chosen) ?? null;
}

/**
 * Actions on the counter; `said(problem, again)` shows a refusal, `heard(till)` the till as it is then. Each gives true
 * when the counter agreed. `settled()` waits for what is still being asked: false when any of it was refused.
 */
export function redeemer(state, said, heard) {
  const open = new Set();
  const ask = (method, path, body) => {
    const asked = askNow(method, path, body);
    open.add(asked);
    asked.then(() => open.delete(asked));
    return asked;
  };
  const askNow = async (method, path, body) => {
    try {
      const answer = await call(method, path, body);
      if (answer.turn) heard(answer);
      return true;
    } catch (problem) {
      said(problem, (supervisor) => call(method, path, { ...body, supervisor }));
      return false;
    }
  };
  const drop = (row) => ask("DELETE", `/redemptions/${encodeURIComponent(row.id)}`);
  const choose = (name) => ask("POST", "/redemptions", { reward: name });
  const flip = (list, value) => (list.includes(value) ? list.filter((each) => each !== value) : [...list, value]);
  return {
    settled: async () => (await Promise.all([...open])).every(Boolean),
    /** F8: the best reward, or none at all. */
    async toggleBest() {
      if (state.chosen?.length) return Promise.all(state.chosen.map(drop));
      const reward = best(state);
      return reward && choose(reward.name);
    },
    /** Down and up: another reward instead of the one chosen last. */
    async step(by) {
      const rewards = state.member?.rewards ?? [], last = state.chosen?.at(-1);
      const prices = new Map([...rewards.map((row) => [row.name, Number(row.cost)]), ...(last ? [[last.reward, Number(last.points)]] : [])]);
      const names = [...prices.keys()].sort((one, other) => prices.get(other) - prices.get(one));
      if (!names.length) return;
      const at = last ? names.indexOf(last.reward) : by > 0 ? -1 : 0;
      const next = names[(at + by + names.length) % names.length];
      if (last && next === last.reward) return;
      if (!last || await drop(last)) await choose(next);
    },
    async toggle(row) {
      if (row.kind === "reward") return row.chosen ? drop(row.chosen) : choose(row.name);
      if (row.kind === "voucher") return ask("POST", "/sale", { vouchers: flip(state.extras?.vouchers ?? [], row.id) });
      return ask("POST", "/sale", { pay: flip(state.extras?.pay ?? [], row.name) });
    },
    /** The next voucher, or the first purse. */
    async toggleFirst(kind) {
      const row = choices(state).find((each) => each.kind === kind);
      return row && this.toggle(row);
    },
    /** Without a sale: what is chosen comes out now. */
    handOut: () => Promise.all((state.chosen ?? []).map((row) => ask("POST", `/redemptions/${encodeURIComponent(row.id)}:hand-out`))),
    settle: (id, how) => ask("POST", `/redemptions/${encodeURIComponent(id)}:${how}`),
  };
}

/** Right: the choices as buttons. `keys`: what the keys of redeem, voucher and purse are called. */
export function rewardsPanel(place, state, act, keys) {
  const rows = choices(state);
  fill(place, h("h2", {}, t("can_redeem"), rows.length > 0 && h("kbd", { text: keys.redeem }), keyButton("codes", keys, t("codes_short"))),
    withoutServer(state),
    rows.length
      ? h("ul", {}, ...rows.map((row, n) => h("li", {}, button(row, n, state))))
      : h("div", { class: "none" }, icon("gift", 48), h("p", { text: t(state.member ? "no_rewards" : "rewards_later") })));
  [...place.querySelectorAll("button[data-choice]")].forEach((each) => { each.onclick = () => act(rows[Number(each.dataset.choice)]); });
}

/** What may be given away while the server is away: how much, and for how many days after it told of the member. */
function withoutServer(state) {
  if (state.link.online || !state.offline) return null;
  const asOf = state.member?.as_of ?? state.clock?.heard_at, { days, redeem_points: most } = state.offline;
  const left = asOf ? Math.max(0, Math.ceil(days - (Date.now() + (state.clock?.off_s ?? 0) * 1000 - new Date(asOf)) / 86400e3)) : days;
  const text = !most ? t("offline_no_rewards") : left ? t("offline_left", { count: left, n: left, points: amount(most) }) : t("offline_over");
  return h("p", { class: "flag" }, icon("clock", 20), h("span", { text }));
}

function button(row, n, state) {
  const wallet = state.member.wallets[row.wallet] ?? {};
  const cost = row.kind === "voucher" ? t("voucher") : amount(row.cost, wallet);
  return h("button", { type: "button", class: `choice${row.chosen ? " chosen" : ""}`, "data-choice": String(n), "aria-pressed": String(Boolean(row.chosen)) },
    h("span", { class: "mark" }, icon(row.chosen ? "check" : row.kind === "purse" ? "card" : row.kind === "voucher" ? "code" : "gift", 20)),
    h("span", { class: "name", text: row.kind === "purse" ? t("pay_with", { name: row.name }) : row.name }),
    h("span", { class: "cost number", text: cost }),
    h("span", { class: "worth small", text: below(row) }));
}

function below(row) {
  if (row.kind === "reward" && row.chosen) return row.chosen.state === "asking" ? t("setting_aside") : t(row.chosen.offline ? "set_aside_offline" : "set_aside");
  if (row.kind === "voucher" && row.expires_on) return t("valid_to", { day: day(row.expires_on) });
  if (row.gives === "amount") return t("off_amount", { amount: money(row.money) });
  return row.gives === "per_point" ? t("off_per_point", { amount: money(row.money) }) : row.gives ? t(`gives.${row.gives}`) : "";
}

/** What the quote says, line by line, for the sale in the middle. */
export function quoteRows(quote, amountTyped, wallets) {
  const row = (name, label, value) => h("div", { class: name }, h("dt", { text: label }), h("dd", { class: "number", text: value }));
  const off = (name, label, value) => Number(value) > 0 && row(name, label, `−${money(value)}`);
  const paid = Object.values(quote?.paid ?? {}).reduce((sum, value) => sum + Number(value), 0);
  const earned = Object.entries(quote?.earned ?? {}).filter(([, points]) => Number(points) > 0);
  return [
    off("off", t("offers"), quote?.discount), off("off", t("rewards_off"), quote?.value), off("off", t("paid_with"), paid),
    row("due", t("to_pay"), money(quote?.due ?? quote?.total ?? amountTyped)),
    earned.length > 0 && row("earns", t("earns"), earned.map(([name, points]) => `+${amount(points, wallets[name])}`).join(" · ")),
  ];
}
