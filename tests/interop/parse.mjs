// Mails on standard input (a JSON list of base64), what three independent parsers make of each on standard output.
import ICAL from "ical.js";
import { simpleParser } from "mailparser";
import ical from "node-ical";

const read = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
};

const utc = (date) => date.toISOString().replace(".000Z", "+00:00");

const byIcalJs = (text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents("vevent");
  const event = events[0];
  const attendee = event.getFirstProperty("attendee");
  return {
    method: calendar.getFirstPropertyValue("method"),
    events: events.length,
    uid: event.getFirstPropertyValue("uid"),
    sequence: event.getFirstPropertyValue("sequence"),
    stamp: utc(event.getFirstPropertyValue("dtstamp").toJSDate()),
    starts_at: utc(event.getFirstPropertyValue("dtstart").toJSDate()),
    ends_at: utc(event.getFirstPropertyValue("dtend").toJSDate()),
    summary: event.getFirstPropertyValue("summary"),
    place: event.getFirstPropertyValue("location") ?? "",
    description: event.getFirstPropertyValue("description"),
    status: event.getFirstPropertyValue("status"),
    organizer: event.getFirstPropertyValue("organizer"),
    attendee: attendee.getFirstValue(),
    attendee_name: attendee.getParameter("cn") ?? "",
  };
};

const byNodeIcal = (text) => {
  const parsed = ical.sync.parseICS(text);
  const events = Object.values(parsed).filter((part) => part.type === "VEVENT");
  const event = events[0];
  return {
    method: event.method,
    events: events.length,
    uid: event.uid,
    sequence: Number(event.sequence),
    stamp: utc(event.dtstamp),
    starts_at: utc(event.start),
    ends_at: utc(event.end),
    summary: event.summary,
    place: event.location ?? "",
    description: event.description,
    status: event.status,
    organizer: event.organizer.val ?? event.organizer,
    attendee: event.attendee.val ?? event.attendee,
    attendee_name: String(event.attendee.params?.CN ?? "").replace(/^"|"$/g, ""),
  };
};

const parsed = [];
for (const base64 of JSON.parse(await read(process.stdin))) {
  const mail = await simpleParser(Buffer.from(base64, "base64"), { skipTextToHtml: true, skipHtmlToText: true });
  const part = mail.attachments.find((one) => one.contentType === "text/calendar");
  const copy = mail.attachments.find((one) => one.contentType === "application/ics");
  const text = part && part.content.toString("utf8");
  parsed.push({
    subject: mail.subject,
    from: mail.from.value[0],
    to: mail.to.value[0],
    text: mail.text,
    html: mail.html || "",
    calendar_equals_copy: part ? part.content.equals(copy.content) : null,
    copy_name: copy ? copy.filename : null,
    ical_js: text ? byIcalJs(text) : null,
    node_ical: text ? byNodeIcal(text) : null,
  });
}
process.stdout.write(JSON.stringify(parsed));
