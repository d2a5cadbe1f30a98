using System.Globalization;
using System.Text;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Tls;

namespace Gatehouse.Derp.Server;

/// <summary>The counters in the text form of Prometheus. No device keys: they are on the control channel.</summary>
internal static class DerpMetrics
{
    public static string Of(DerpHub hub, StunServer? stun, CertificateInForce? certificate)
    {
        var state = hub.State(null, "");
        var text = new StringBuilder();
        Counter("derp_bytes_received", "Bytes of the protocol from devices.", state.Total.BytesIn);
        Counter("derp_bytes_sent", "Bytes of the protocol to devices.", state.Total.BytesOut);
        Counter("derp_packets_received", "Packets from devices.", state.Total.PacketsIn);
        Counter("derp_packets_sent", "Packets to devices.", state.Total.PacketsOut);
        Counter("derp_accepts", "Connections let in.", state.Total.Connects);
        Counter("derp_unknown_frames", "Frames of a kind that is not known, skipped.", state.UnknownFrames);
        Many("derp_refused", "Connections not let in.", state.Refused);
        Many("derp_packets_dropped", "Packets not delivered.", state.Drops);
        Many("derp_cut", "Connections ended by the relay.", state.Cut);
        One("derp_current_connections", "gauge", "Connections now.", state.Connections);
        One("derp_pending_connections", "gauge", "Connections that are no device's yet.", state.Pending.Connections);
        One("derp_pending_bytes", "gauge", "Bytes that those take.", state.Pending.Bytes);
        One("derp_buffered_bytes", "gauge", "Bytes held for devices: begun frames, and frames that wait.", state.Buffered);
        One("derp_allowed_keys", "gauge", "Keys that may connect.", state.Allowed);
        One("derp_start_time_seconds", "gauge", "When this epoch began.", hub.StartedAt.ToUnixTimeSeconds());
        if (certificate is not null)
            One("derp_certificate_end_time_seconds", "gauge", "When the certificate ends that devices are shown.", certificate.Until.ToUnixTimeSeconds());
        if (stun is not null)
        {
            Counter("stun_answered", "Binding requests answered.", stun.Answered);
            Counter("stun_ignored", "Datagrams that were no request of a client.", stun.Ignored);
            Counter("stun_capped", "Requests not answered because their source had its share.", stun.Capped);
        }
        return text.ToString();

        void Counter(string name, string help, long value) => One(name + "_total", "counter", help, value);

        void One(string name, string type, string help, long value) =>
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {value}\n");

        void Many(string name, string help, SortedDictionary<string, long> values)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name}_total {help}\n# TYPE {name}_total counter\n");
            foreach (var (reason, value) in values)
                text.Append(CultureInfo.InvariantCulture, $"{name}_total{{reason=\"{reason}\"}} {value}\n");
        }
    }
}
