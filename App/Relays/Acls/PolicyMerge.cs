using System.Globalization;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Relays.Acls;

/// <summary>Somebody's present policy with our relays in its <c>derpMap</c> and everything else as it was.</summary>
/// <param name="Text">The policy to put in the place of theirs; null where it clashes.</param>
/// <param name="Notes">What people should know of it: what was mended, what of the old map stayed and what went.</param>
/// <param name="Clashes">Relays of somebody else that stand there under numbers or names of ours: they are never written over.</param>
/// <param name="FreeBase">From where on the numbers would be free; null when no number clashes, or there is no room.</param>
public sealed record PolicyMerge(string? Text, IReadOnlyList<Message> Notes, IReadOnlyList<Message> Clashes, int? FreeBase)
{
    /// <summary>In bytes.</summary>
    public const int MaxSize = 1024 * 1024;

    private const string Map = "derpMap", Regions = "Regions", Omit = "OmitDefaultRegions", Field = "policy";

    /// <param name="policy">As it was pasted: HuJSON, a byte order mark before it or a last line without an end are mended.</param>
    /// <param name="former">Relays that the rental had and has no more: they go.</param>
    /// <exception cref="Refusal">422 VALIDATION_FAILED: the policy cannot be read (field <c>policy</c> says where and why), or our own map breaks a rule (<c>acl</c>).</exception>
    public static PolicyMerge Of(string policy, IReadOnlyList<AclSlot> slots, AclOptions options, IReadOnlyList<AclSlot> former)
    {
        if (string.IsNullOrWhiteSpace(policy))
            throw Refusal.Field(Field, "acl.policy.empty");
        // A character is three bytes at most, and cheaper to count.
        if (policy.Length > MaxSize || Encoding.UTF8.GetByteCount(policy) > MaxSize)
            throw Refusal.Field(Field, "acl.policy.too_large", Format.Bytes(MaxSize));
        _ = AclDocuments.Of(slots, options);
        var notes = new List<Message>();
        try
        {
            var (text, document) = Read(policy, notes);
            var present = Present.Of(text, document, options.Apply(slots), [.. slots, .. former]);
            if (present.Clashes.Count > 0)
                return new PolicyMerge(null, notes, present.Clashes, present.FreeBase(slots.Count));
            var merged = HuJsonEdit.Put(text, Map, (indent, eol) => present.Written(options, indent, eol));
            return new PolicyMerge(merged, [.. notes, .. present.Notes], [], null);
        }
        catch (HuJsonException e)
        {
            throw e.Refusal(Field);
        }
    }

    private static (string Text, HuJson Document) Read(string policy, List<Message> notes)
    {
        if (policy.StartsWith('\ufeff'))
        {
            policy = policy[1..];
            notes.Add(new Message("acl.merge.byte_order_mark"));
        }
        try
        {
            return (policy, HuJson.Parse(policy));
        }
        catch (HuJsonException e) when (e.Fault == "last_comment")
        {
            policy += HuJsonEdit.LineEnd(policy);
            notes.Add(new Message("acl.merge.last_line"));
            return (policy, HuJson.Parse(policy));
        }
    }

    /// <summary>What stands in the policy's map, taken apart: whose is what.</summary>
    private sealed class Present(string text, IReadOnlyList<AclSlot> ours)
    {
        private readonly List<(int? Id, string Name, string Text)> _foreign = [];
        private readonly List<string> _members = [];
        private readonly List<(int Start, int End)> _kept = [];

        public List<Message> Clashes { get; } = [];
        public List<Message> Notes { get; } = [];
        private bool NumberTaken { get; set; }

        public static Present Of(string text, HuJson document, IReadOnlyList<AclSlot> ours, IReadOnlyList<AclSlot> known)
        {
            var present = new Present(text, ours);
            if (HuJsonEdit.Only(text, document.Root, Map)?.Value is not { Kind: HuJsonKind.Object } map)
                return present;
            _ = HuJsonEdit.Only(text, map, Omit);
            if (HuJsonEdit.Only(text, map, Regions)?.Value is { Kind: HuJsonKind.Object } regions)
                foreach (var region in regions.Members)
                    present.Take(region, [.. ours, .. known]);
            foreach (var other in map.Members.Where(m => !m.Name.Equals(Omit, StringComparison.OrdinalIgnoreCase) && !m.Name.Equals(Regions, StringComparison.OrdinalIgnoreCase)))
                present._members.Add(present.Keep(other));
            if (present._foreign.Count > 0)
                present.Notes.Add(new Message("acl.merge.kept", string.Join(", ", present._foreign.Select(f => f.Name))));
            var gone = document.Comments.Where(c => c.Start > map.Start && c.End < map.End && !present._kept.Exists(k => c.Start >= k.Start && c.End <= k.End)).ToList();
            if (gone.Count > 0)
                present.Notes.Add(new Message("acl.merge.comments_gone", string.Join(", ", gone.Select(c => HuJson.Place(text, c.Start).Line).Distinct())));
            return present;
        }

        public int? FreeBase(int count) => NumberTaken ? RegionIds.FreeBase(_foreign.Select(f => f.Id).OfType<int>(), count) : null;

        public string Written(AclOptions options, string indent, string eol)
        {
            var regions = _foreign.Select(f => (f.Id, f.Text)).Concat(ours.Select(s => (Id: (int?)s.RegionId, Text: $"\"{s.RegionId}\": {AclDocuments.Region(s).Replace("\n", eol + indent + "\t\t", StringComparison.Ordinal)}")))
                .OrderBy(r => r.Id ?? int.MaxValue).Select(r => r.Text);
            var lines = string.Join("," + eol + indent + "\t\t", regions);
            return string.Join(eol + indent, (string[])
            [
                "{", $"\t\"{Omit}\": {(options.OmitDefaultRegions ? "true" : "false")},", $"\t\"{Regions}\": {{", "\t\t" + lines, "\t}" + (_members.Count > 0 ? "," : ""),
                .. _members.Select((m, i) => "\t" + m + (i + 1 < _members.Count ? "," : "")), "}",
            ]);
        }

        private void Take(HuJsonMember region, IReadOnlyList<AclSlot> known)
        {
            int? id = int.TryParse(region.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            var names = Texts(region.Value, "Nodes").SelectMany(n => n.Members).SelectMany(n => Texts(n.Value, "Name")).Select(n => n.Text).ToHashSet();
            var codes = Texts(region.Value, "RegionCode").Select(c => c.Text).ToHashSet();
            // By its number and its code or node: both are ours for as long as the rental runs. Nothing under a number of ours is nobody's.
            var nothing = region.Value.Kind == HuJsonKind.Word;
            if (known.Any(s => s.RegionId == id && (nothing || codes.Contains(s.RegionCode) || names.Contains(s.NodeName))))
                return;
            var line = $"{HuJson.Place(text, region.Start).Line}";
            if (ours.Any(s => s.RegionId == id))
            {
                NumberTaken = true;
                Clashes.Add(new Message("acl.merge.region_taken", region.Name, line, string.Join(", ", Texts(region.Value, "RegionName").Select(n => n.Text))));
            }
            foreach (var slot in ours.Where(s => names.Contains(s.NodeName)))
                Clashes.Add(new Message("acl.merge.node_taken", slot.NodeName, region.Name, line));
            _foreign.Add((id, region.Name, Keep(region)));
        }

        private string Keep(HuJsonMember member)
        {
            _kept.Add((member.Start, member.Value.End));
            return text[member.Start..member.Value.End];
        }

        private static IEnumerable<HuJsonValue> Texts(HuJsonValue value, string name) => value.Named(name).Select(m => m.Value);
    }
}
