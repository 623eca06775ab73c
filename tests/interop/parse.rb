# Calendars on standard input (a JSON list of base64), what Ruby's icalendar makes of each on standard output.
require "base64"
require "icalendar"
require "json"
require "stringio"

def utc(moment)
  moment.to_time.getutc.strftime("%Y-%m-%dT%H:%M:%S+00:00")
end

read = JSON.parse($stdin.read).map do |base64|
  calendar = Icalendar::Calendar.parse(Base64.decode64(base64).force_encoding("UTF-8")).first
  event = calendar.events.first
  {
    method: calendar.ip_method.to_s,
    events: calendar.events.length,
    uid: event.uid.to_s,
    sequence: event.sequence.to_i,
    stamp: utc(event.dtstamp),
    starts_at: utc(event.dtstart),
    ends_at: utc(event.dtend),
    summary: event.summary.to_s,
    place: event.location.to_s,
    description: event.description.to_s,
    status: event.status.to_s,
    organizer: event.organizer.to_s,
    attendee: event.attendee.first.to_s,
    attendee_name: event.attendee.first.ical_params.fetch("cn", [""]).join(","),
  }
end
puts JSON.generate(read)
