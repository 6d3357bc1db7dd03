//! Clients that take what one `recv` brings for one message.

use super::*;

/// What the server writes first to a newcomer, as far as one read brings it.
async fn first_read(world: &SmolWorld, addr: SocketAddr, nick: usize) -> String {
    let mut stream = world.connect(&addr.to_string()).await.expect("the server listens");
    let join = format!("{{\"JOIN_REQUEST_FLAG\": 1, \"USERNAME\": \"u{nick}\"}}");
    stream.write_all(join.as_bytes()).await.expect("the server reads");
    let mut bytes = [0; 65_536];
    let count = stream.read(&mut bytes).await.expect("the server answers");
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

#[test]
fn two_messages_to_a_text_client_come_apart() {
    with_server(settings(), async |world, addr| {
        // Whoever reads too late gets both at once after all; not every time.
        for nick in 0..100 {
            let read = first_read(&world, addr, nick).await;
            assert!(read.contains("\"JOIN_ACCEPT_FLAG\":1"), "{read}");
            if read.lines().count() == 1 {
                return;
            }
        }
        panic!("the welcome and the news of it never came apart");
    });
}

#[test]
fn all_that_waits_is_written_before_the_connection_ends() {
    with_server(settings(), async |world, addr| {
        let mut stream = world.connect(&addr.to_string()).await.expect("the server listens");
        let said = format!("login Bob\n{}exit\n", "list\n".repeat(10));
        stream.write_all(said.as_bytes()).await.expect("the server reads");
        let mut told = String::new();
        stream.read_to_string(&mut told).await.expect("the server ends the connection");
        assert_eq!(told, format!("RESPONSE ok\n{}", "LIST Bob\n".repeat(10)));
    });
}

#[test]
fn a_flood_is_written_without_pauses() {
    with_server(settings(), async |world, addr| {
        let mut stream = world.connect(&addr.to_string()).await.expect("the server listens");
        let mut writer = stream.clone();
        // At a pause for each it would take minutes.
        let asks = 20_000;
        world.spawn(async move {
            let said = "nonsense\n".repeat(asks);
            writer.write_all(format!("login Bob\n{said}exit\n").as_bytes()).await.expect("the server reads");
        });
        let begun = world.now();
        let mut told = String::new();
        stream.read_to_string(&mut told).await.expect("the server ends the connection");
        assert_eq!(told.lines().count(), 1 + asks);
        assert!(world.now() - begun < Duration::from_millis(asks as u64 * 10 / 2), "there were pauses");
    });
}
