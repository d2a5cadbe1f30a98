using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Devices;

/// <summary>A machine that is to be let in, by what its tailnet calls it.</summary>
/// <param name="NodeId">Stays, whatever its key is.</param>
public sealed record MatchedDevice(string NodeId, string NodeKey, string Name);

/// <summary>Keeps the devices of a rental equal to the machines of a tailnet. What was let in by hand stays, and what its owner has removed or hidden stays out.</summary>
public sealed class DeviceMatch(RelaySignal signal, TimeProvider clock)
{
    private sealed record Kept(string Id, string NodeKey, string Name, string? NodeId, long? SeenAt, long CreatedAt);

    /// <summary>Lets in those that are not yet, and in no more those that are gone or have another key. The rental is locked.</summary>
    /// <param name="wanted">In the order in which they come in where there is no room for all; those that are in stay in.</param>
    /// <returns>How many of them are let in, and how many are not for want of room.</returns>
    public async ValueTask<(long In, long Out)> Match(WriteTx s, string tenant, Rental owner, IReadOnlyList<MatchedDevice> wanted)
    {
        var (now, changed, left) = (clock.GetUtcNow().ToUnixTimeMilliseconds(), false, 0L);
        var known = await s.All("SELECT id, node_key, name, node_id, seen_at, created_at FROM rental_devices WHERE rental_id = @rental ORDER BY id",
            r => new Kept(r.GetString(0), r.GetString(1), r.GetString(2), r.TextOrNull(3), r.LongOrNull(4), r.GetInt64(5)), ("rental", owner.Id));
        var kept = (await RefusedStore.All(s, owner.Id)).Where(m => m.HiddenAt is not null).Select(m => m.NodeKey).ToHashSet();
        var (byId, byKey) = (wanted.ToDictionary(w => w.NodeId), wanted.ToDictionary(w => w.NodeKey));
        var (before, named) = (known.Where(k => k.NodeId is not null).ToDictionary(k => k.NodeId!), known.ToDictionary(k => k.NodeKey));
        // First those that go, so that a key may go from one to another.
        foreach (var gone in known.Where(k => k.NodeId is { } id ? !byId.TryGetValue(id, out var now_) || now_.NodeKey != k.NodeKey : byKey.ContainsKey(k.NodeKey)).ToList())
        {
            await s.Execute("DELETE FROM rental_devices WHERE id = @id", ("id", gone.Id));
            known.Remove(gone);
            changed = true;
        }
        // Those that were in come before those that are new.
        foreach (var one in wanted.Where(w => !known.Exists(k => k.NodeId == w.NodeId) && !kept.Contains(w.NodeKey)).OrderBy(w => !before.ContainsKey(w.NodeId)).ToList())
        {
            if (known.Count >= owner.Terms.DeviceLimit)
            {
                left++;
                continue;
            }
            var was = before.GetValueOrDefault(one.NodeId) ?? named.GetValueOrDefault(one.NodeKey);
            var made = new Kept(Ids.New(), one.NodeKey, was is { Name.Length: > 0 } ? was.Name : one.Name, one.NodeId, was?.SeenAt, was?.CreatedAt ?? now);
            await s.Execute("INSERT INTO rental_devices (id, tenant_id, rental_id, account_id, node_key, name, node_id, seen_at, created_at) VALUES (@id, @tenant, @rental, @account, @key, @name, @node, @seen, @created)",
                ("id", made.Id), ("tenant", tenant), ("rental", owner.Id), ("account", owner.AccountId), ("key", made.NodeKey), ("name", made.Name), ("node", made.NodeId), ("seen", made.SeenAt), ("created", made.CreatedAt));
            await RefusedStore.Forget(s, owner.Id, one.NodeKey);
            known.Add(made);
            changed = true;
        }
        if (changed)
        {
            await RentalStore.Touch(s, tenant, owner.Id);
            s.AfterCommit(signal.Wake);
        }
        return (known.Count(k => k.NodeId is not null), left);
    }

    /// <summary>They stay in, as if they had been let in by hand.</summary>
    public static ValueTask<int> Free(WriteTx s, string rental) => s.Execute("UPDATE rental_devices SET node_id = NULL WHERE rental_id = @rental AND node_id IS NOT NULL", ("rental", rental));
}

/// <summary>Wants to hear of a machine that was refused and was not before, inside the transaction.</summary>
/// <param name="Heard">By tenant, rental and time. True: it is seen to, and need not be told.</param>
public sealed record RefusedWatch(Func<WriteTx, string, string, long, ValueTask<bool>> Heard);
