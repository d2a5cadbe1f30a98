using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignUp;

/// <summary>Who wants to know, in the transaction that makes an account active, by whose link somebody signed up.</summary>
public interface ISignUpObserver
{
    /// <param name="by">The code of the link, as it was given: it may be anybody's and anything.</param>
    ValueTask Confirmed(WriteTx s, string tenant, Customer customer, string by);
}
