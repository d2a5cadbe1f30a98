using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Faults;
using Gatehouse.Relays.Health;

namespace Gatehouse.Relays.Moves;

/// <summary>Takes the moves that are going on a step further. What is done is in the database: whoever is ended between two steps, another goes on.</summary>
public sealed class MoveKeeper(Database db, MoveService moves, TimeProvider clock)
{
    public const string JobName = "relays.move";
    private const int AtOnce = 200, Beside = 8;

    public async Task<Message> Run(CancellationToken ct)
    {
        var steps = 0;
        for (var after = ""; !ct.IsCancellationRequested;)
        {
            var going = await db.Read(s => MoveStore.Going(s, after, AtOnce), ct);
            foreach (var some in going.Chunk(Beside))
                steps += (await Task.WhenAll(some.Select(m => Step(m, ct)))).Count(done => done);
            if (going.Count < AtOnce)
                break;
            after = going[^1].Move.Id;
        }
        return new("job.relays.move.done", steps);
    }

    private async Task<bool> Step(MoveNow now, CancellationToken ct)
    {
        var move = now.Move;
        if (now.Released || now.Container is null || move.State == RelayMove.Starting && now.Target is not { IsThere: true })
            return await Drop(null);
        if (move.State == RelayMove.Overlap)
            return await db.Read(s => IsOver(s, move), ct) && await Done(s => moves.Finish(s, move.Tenant, move.Id), FaultPoint.MoveFinished);
        Message? wrong = null;
        if (now is { Container: "running", Target: { } target })
        {
            (_, wrong) = await ServerProber.Look(target.Here ? "127.0.0.1" : target.Address, now.Port, now.CertName, ct);
            try
            {
                if (wrong is null)
                    return await Done(s => moves.Switch(s, move.Tenant, move.Id), FaultPoint.MoveSwitched);
            }
            catch (Refusal refusal)
            {
                wrong = refusal.Fields.Values.Append(refusal.Detail).First();
            }
            if (wrong is { } error)
                await Done(async s => await MoveStore.Failing(s, move.Id, error) > 0, FaultPoint.MoveFailureNoted);
        }
        return Now() >= move.BegunAt + (long)RelayMove.StartsWithin.TotalMilliseconds && await Drop(wrong ?? new Message("moves.wrong.not_started"));

        Task<bool> Drop(Message? error) => Done(s => moves.Drop(s, move.Tenant, move.Id, error), FaultPoint.MoveDropped);

        async Task<bool> Done(Func<WriteTx, ValueTask<bool>> step, FaultPoint point)
        {
            var done = await db.Write(step, ct);
            await FaultPoints.Passed(point);
            return done;
        }
    }

    private async ValueTask<bool> IsOver(ReadTx s, RelayMove move) =>
        move.AclVersion is not { } version || Now() >= move.SwitchedAt + (long)RelayMove.Patience.TotalMilliseconds
        || await MoveStore.Fetched(s, move.RentalId, version) is { } fetched && Now() >= fetched + (long)RelayMove.Settles.TotalMilliseconds;

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
